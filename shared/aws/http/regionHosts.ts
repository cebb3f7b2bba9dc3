/** The ending of host names in a region. https://docs.aws.amazon.com/general/latest/gr/rande.html, suffixes as in the AWS SDKs' own table. */
export function dnsSuffix(region: string): string {
  return suffixes.find(([regions]) => regions.test(region))?.[1] ?? 'amazonaws.com';
}

const suffixes: readonly (readonly [regions: RegExp, suffix: string])[] = [
  [/^cn-/, 'amazonaws.com.cn'],
  [/^eusc-/, 'amazonaws.eu'],
  [/^us-iso-/, 'c2s.ic.gov'],
  [/^us-isob-/, 'sc2s.sgov.gov'],
  [/^eu-isoe-/, 'cloud.adc-e.uk'],
  [/^us-isof-/, 'csp.hci.ic.gov'],
];
