import { maxParts, type Place, type Reading } from './reading.ts';
import { remedies } from './remedies.ts';

/** Published as plain text whenever a trail's topic is set or changed. */
const validationMessage = 'CloudTrail validation message.';

/** The text of a message, or of an envelope in it. */
export function readText(text: string, at: Place, reading: Reading): void {
  const value = parseJson(text);
  const trimmed = text.trim();
  if (value !== undefined) {
    // A text in a text is one level more; anything else is what this text says.
    reading.look(value, { name: at.name, depth: at.depth + 1 });
  } else if (trimmed === validationMessage) {
    reading.nothing("CloudTrail's validation message");
  } else if (looksLikeJson(trimmed)) {
    readLines(trimmed, at, reading);
  } else {
    readOddText(trimmed, at, reading);
  }
}

/** Undefined when the text is not JSON; JSON itself has no undefined. */
function parseJson(text: string): unknown {
  // Throwing is dear, and a hostile message may hold ten thousands of texts.
  // Some senders put a byte order mark before it, which counts as a blank here.
  const trimmed = text.trim();
  if (closing[trimmed.charAt(0)] !== undefined && closing[trimmed.charAt(0)] !== trimmed.at(-1)) return undefined;
  try {
    return JSON.parse(trimmed);
  } catch {
    // Not JSON is an answer here: one of the known messages is plain text.
    return undefined;
  }
}

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"' };

export function looksLikeJson(text: string): boolean {
  return /^[\s\uFEFF]*[[{"]/.test(text);
}

/** Several JSON values, one a line, as streams and pipes put out; else JSON that is broken. */
function readLines(text: string, at: Place, reading: Reading): void {
  const lines = text.split('\n', maxParts + 1).filter((line) => line.trim() !== '');
  const values = lines.map((line) => (lines.length > 1 && /^\s*[[{]/.test(line) ? parseJson(line) : undefined));
  if (values.every((value) => value === undefined)) {
    const what = `${text.length} characters of text that is not JSON although it begins so`;
    reading.fault(() => `${at.name()} is ${what}`, remedies.cut);
    return;
  }
  const place = (index: number): Place => ({
    name: () => `line ${index + 1} of ${at.name()}`,
    depth: at.depth + 1,
  });
  // A line that is no JSON is named as the text it is.
  reading.lookAtAll(
    values.map((value, index) => value ?? lines[index]),
    place,
  );
}

function readOddText(text: string, at: Place, reading: Reading): void {
  // A step that hands JSON on in Base64 has not changed it.
  const decoded = decodeBase64(text);
  const inner = decoded === undefined ? undefined : parseJson(decoded);
  if (inner === undefined) {
    const { what, remedy } = nameText(text);
    reading.fault(() => `${at.name()} is ${what}`, remedy);
  } else {
    reading.look(inner, { name: () => `the Base64 in ${at.name()}`, depth: at.depth + 1 });
  }
}

function decodeBase64(text: string): string | undefined {
  // What begins with an opening brace or bracket begins so in Base64; a bare word is not tried.
  return /^(?:ey|ew|W[1-3w-z])[A-Za-z0-9+/_\-\r\n]*={0,2}$/.test(text)
    ? Buffer.from(text, 'base64').toString()
    : undefined;
}

function nameText(text: string): { readonly what: string; readonly remedy: string } {
  const { length } = text;
  if (/^H4sI[A-Za-z0-9+/_\-\r\n]*={0,2}$/.test(text)) return { what: 'gzip data in Base64', remedy: remedies.encoded };
  if (text.startsWith('\u001f')) return { what: 'gzip data', remedy: remedies.encoded };
  if (text.startsWith('<')) return { what: `${length} characters of XML or HTML, not JSON`, remedy: remedies.unknown };
  if (/^(?:%7B|%5B)/i.test(text)) return { what: 'URL-encoded text', remedy: remedies.encoded };
  if (/^(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    return { what: `${length} characters that seem to be Base64`, remedy: remedies.encoded };
  }
  if (/AWSLogs\/|\bs3:\/\/|arn:aws[a-z-]*:s3:/.test(text)) {
    return {
      what: `${length} characters of text that mention an object of S3, as an input transformer puts out`,
      remedy: remedies.transformer,
    };
  }
  return { what: `${length} characters of text that is not JSON`, remedy: remedies.unknown };
}
