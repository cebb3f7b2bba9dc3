/** Form-URL decoding, as S3 encodes keys in its own events; undefined when the text is not an encoding of anything. */
export function decodeKey(key: string): string | undefined {
  if (!/[+%]/.test(key)) return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    // A key that was never encoded may hold a lone %: the raw key is then the only reading.
    return undefined;
  }
}

/**
 * Where nothing tells whether the sender encodes keys (EventBridge documents nothing, and AWS's own samples differ), both
 * readings are kept. CloudTrail's own part of a key (letters, digits, `/`, `-`, `_` and `.`) reads the same either way;
 * only a prefix that a person chose can differ. So the ledger goes by the first reading, whichever finds the object.
 */
export function bothReadings(key: string): { readonly key: string; readonly alternativeKey?: string } {
  const second = decodeKey(key);
  // Where even the slashes are encoded, only one of the two can be a place that is read.
  if (second?.includes('AWSLogs/') && !key.includes('AWSLogs/')) return { key: second };
  return second === undefined || second === key || second === '' ? { key } : { key, alternativeKey: second };
}
