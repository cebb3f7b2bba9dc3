import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { masked, maskedValue } from '../../../shared/kit/mask.ts';
import { shortText, shown } from '../../../shared/kit/shortText.ts';

/** Secrets as services make them: random letters, and what they are made of. */
const letters = (alphabet: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '0123456789';
const base64 = `${upper}${upper.toLowerCase()}${digits}+/`;
const base64url = `${upper}${upper.toLowerCase()}${digits}-_`;
const accessKeyId = fc
  .tuple(fc.constantFrom('AKIA', 'ASIA'), letters(upper + digits, 16))
  .map(([kind, rest]) => kind + rest);
/** Random, but not by a rare chance without one of the three kinds of letters. */
const random = (alphabet: string, length: number) =>
  fc.integer().map((seed) => {
    const bytes = createHash('shake256', { outputLength: length }).update(`${seed}`).digest();
    return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
  });
const secretKey = random(base64.slice(0, 62), 40).filter(
  (key) => /[a-z]/.test(key) && /[A-Z]/.test(key) && /\d/.test(key),
);
const sessionToken = random(base64, 300).map((text) => `${text}==`);
const accountKey = random(base64, 86).map((text) => `${text}==`);
const jwt = fc
  .tuple(fc.dictionary(fc.string(), fc.string()), letters(base64url, 40, 300), letters(base64url, 40, 300))
  .map(([header, claims, signature]) => {
    const head = Buffer.from(JSON.stringify({ typ: 'JWT', ...header })).toString('base64url');
    return `${head}.${claims}.${signature}`;
  });
const sasSignature = accountKey.map((text) => encodeURIComponent(text.slice(42)));

type Echo = (secret: string) => string;
const anywhere: readonly Echo[] = [
  (secret) => secret,
  (secret) => `before ${secret} after`,
  (secret) => `"${secret}"`,
  (secret) => `{"value":"${secret}"}`,
  (secret) => `<Value>${secret}</Value>`,
  (secret) => `the key '${secret}' was refused`,
];
const named: readonly Echo[] = [
  (secret) => `<SessionToken>${secret}</SessionToken>`,
  (secret) => `<WebIdentityToken>${secret}</WebIdentityToken>`,
  (secret) => `<AWSAccessKeyId>${secret}</AWSAccessKeyId><SignatureProvided>${secret}</SignatureProvided>`,
  (secret) => `WebIdentityToken=${secret}&Version=2011-06-15`,
  (secret) => `x-amz-security-token:${secret}\nx-amz-date:20261101T000000Z`,
  (secret) => `X-Amz-Security-Token=${secret}&X-Amz-Signature=${secret}`,
  (secret) => `{"secretAccessKey": "${secret}"}`,
  (secret) => `{\\"access_token\\":\\"${secret}\\"}`,
  (secret) => `client_secret=${secret}`,
  (secret) => `Authorization: Bearer ${secret}`,
  (secret) => `authorization: ${secret}`,
  (secret) =>
    `'AWS4-HMAC-SHA256 Credential=${secret}/20261101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=${secret}' is not valid`,
  (secret) => `https://account.blob.core.windows.net/c?sv=2024-11-04&se=2026-12-01&sig=${secret}&sp=r`,
  (secret) => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${secret};EndpointSuffix=core.windows.net`,
  (secret) => `Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=${secret}`,
  (secret) => `BlobEndpoint=https://a.blob.core.windows.net/;SharedAccessSignature=sv=2024&sig=${secret}`,
  (secret) => `https://user:${secret.replaceAll('/', 'x')}@host/path`,
];

/** No eight characters of the secret in a row are left. */
function expectNothingOf(secret: string, text: string): void {
  for (let from = 0; from + 8 <= secret.length; from += 1) {
    expect(text).not.toContain(secret.slice(from, from + 8));
  }
}

describe('masked', () => {
  it.each([
    ['access key IDs', accessKeyId.map((id) => id)],
    ['secret access keys', secretKey],
    ['session tokens', sessionToken],
    ['account keys', accountKey],
    ['JSON web tokens', jwt],
  ] as const)('blots out %s wherever they stand', (_what, secrets) => {
    fc.assert(
      fc.property(secrets, fc.constantFrom(...anywhere), (secret, echo) => {
        expectNothingOf(secret, masked(echo(secret)));
      }),
    );
  });

  it('blots out whatever stands under the name of a secret', () => {
    const any = fc.oneof(
      accessKeyId,
      secretKey,
      sessionToken,
      accountKey,
      jwt,
      sasSignature,
      letters(upper.toLowerCase(), 12),
    );
    fc.assert(
      fc.property(any, fc.constantFrom(...named), (secret, echo) => {
        expectNothingOf(secret.replaceAll('/', 'x'), masked(echo(secret)).replaceAll('/', 'x'));
      }),
    );
  });

  it('blots out a token that was cut', () => {
    fc.assert(
      fc.property(jwt, fc.nat({ max: 60 }), (token, cut) => {
        expectNothingOf(token, masked(`refused: ${token.slice(0, 20 + cut)}`));
      }),
    );
  });

  it('blots out keys that are files', () => {
    const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nabc==\n-----END RSA PRIVATE KEY-----';
    expect(masked(`read ${pem} there`)).toBe('read *** there');
    expect(masked('secret abc8Q~defGHIjklMNOpqrSTUvwxYZ0123456789 refused')).toBe('secret *** refused');
  });

  it.each([
    'GetObject of s3://trail-logs/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-central-1/2026/11/01/111122223333_CloudTrail_eu-central-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz in eu-central-1 failed',
    'arn:aws:iam::111122223333:role/Some/Path/SentinelCloudTrailReaderRole2 is not authorized to perform: sts:AssumeRole',
    'https://sqs.us-gov-west-1.amazonaws.com/222222222222/q',
    'external ID "3c1f5f0e-6f0a-4f5c-9d1b-2a7e8c4d9b10" and session name "AzureFunctions_3c1f5f0e-6f0a-4f5c-9d1b-2a7e8c4d9b10"',
    'rule dcr-0123456789abcdef0123456789abcdef, stream Custom-AWSCloudTrail',
    'AADSTS500011: The resource principal named api://5d1c6b0a-7f43-4c8e-8a8f-0d3b9a1e2c44 was not found',
    'etag 9e107d9d372bb6826bd81d3542a419d6, sha 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
    'the token has expired; the signature does not match; the password policy; a bearer of news',
    'Roles of AROAEXAMPLE and AIDAEXAMPLE',
  ])('leaves %s as it is', (text) => {
    expect(masked(text)).toBe(text);
  });

  it('takes its time with nothing', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => typeof masked(text) === 'string'));
    expect(masked('a'.repeat(100_000)).length).toBeGreaterThan(0);
    expect(masked('-----BEGIN '.repeat(10_000)).length).toBeGreaterThan(0);
  });
});

describe('maskedValue', () => {
  it('takes a shorter run of random letters for a key, too', () => {
    expect(maskedValue('wJalrXUtnFEMI/K7MDENG')).toBe('***');
    expect(maskedValue('arn:aws:iam::111122223333:user/reader')).toBe('arn:aws:iam::111122223333:user/reader');
    expect(maskedValue('Trail_Bucket')).toBe('Trail_Bucket');
  });
});

describe('shown and shortText', () => {
  it('blot out before they cut', () => {
    fc.assert(
      fc.property(jwt, fc.nat({ max: 120 }), (token, before) => {
        const text = `${'.'.repeat(before)} ${token}`;
        expectNothingOf(token, shown(text));
        expectNothingOf(token, shortText(text, 100));
      }),
    );
  });
});
