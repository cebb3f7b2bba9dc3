/**
 * What comes from outside with everything blotted out that proves who somebody is: services echo requests with their
 * headers, and people paste keys into the wrong setting. Errs towards blotting out: a word too much is missing from a
 * sentence, a word too little is a credential in a log.
 */
export function masked(text: string): string {
  let result = text;
  for (const [pattern, replacement] of secrets) {
    result = result.replace(pattern, replacement);
  }
  return result.replace(opaqueRun, (run) => (isOpaque(run) ? hidden : run));
}

const hidden = '***';

/** Fields whose values are secret wherever they stand: in JSON, XML, forms, query strings, headers, connection strings. */
const names = [
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-credential',
  'x-identity-header',
  'x-functions-key',
  'web_?identity_?token',
  'session_?token',
  'security_?token',
  'secret_?access_?key',
  'aws_?secret_?key',
  'aws_?access_?key_?id',
  'access_?key_?id',
  'account_?key',
  'shared_?access_?key',
  'shared_?access_?signature',
  'string_?to_?sign(?:_?bytes)?',
  'canonical_?request(?:_?bytes)?',
  'signature(?:_?provided)?',
  'client_?secret',
  'client_?assertion',
  'subject_?token',
  'access_?token',
  'refresh_?token',
  'id_?token',
  'identity_?header',
  'instrumentation_?key',
  'api_?key',
  'password',
  'passwd',
  'pwd',
  'sig',
].join('|');

const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g, hidden],
  // The scheme stays, so that it is seen what kind of proof was echoed; everything after it goes, quoted or not.
  [/\b(AWS4-HMAC-SHA256)\b[^"<>\n]*/gi, `$1 ${hidden}`],
  [/\b(Bearer|Basic|SharedKey(?:Lite)?|SharedAccessSignature)\s+[^\s"'<>,;]{6,}/gi, `$1 ${hidden}`],
  [
    /\b(authorization["']?\s*[:=]\s*["']?)(?!(?:AWS4-HMAC-SHA256|Bearer|Basic|SharedKey|SharedAccess))[^\s"'<>,;]+/gi,
    `$1${hidden}`,
  ],
  [new RegExp(`(<(?:${names})>)[^<]*`, 'gi'), `$1${hidden}`],
  [
    new RegExp(`\\b((?:${names})\\\\?["']?\\s*(?:[:=]|%3D)\\s*\\\\?["']?)(?!\\*\\*\\*)[^\\s"'<>,;&\\\\]+`, 'gi'),
    `$1${hidden}`,
  ],
  // JSON web tokens, whole or cut, since `{"` begins with one of these; then whatever has three such parts.
  [/(?<![A-Za-z0-9])ey[I-L][\w-]{6,}(?:\.[\w-]*)*/g, hidden],
  [/(?<![\w.-])[\w-]{16,}\.[\w-]{40,}\.[\w-]{20,}/g, hidden],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids: keys, users' and sessions'.
  [/(?<![A-Za-z0-9])(A(?:KIA|SIA|BIA|CCA))[A-Z0-9]{6,}/g, `$1${hidden}`],
  // Client secrets of Entra, keys of Azure's services.
  [/[\w~.-]{3}\dQ~[^\s"'<>,;&]{10,}/g, hidden],
  [/(\/\/)[^\s/@"']*@/g, `$1${hidden}@`],
];

/** Runs of the letters of base64 and of base64url, at places where no path or name goes on. */
const opaqueRun = /(?<![\w/+.-])(?:[A-Za-z0-9+/]{40,}={0,2}|[A-Za-z0-9_-]{64,}={0,2})(?![\w/+.-])/g;

/** A value that may be a key that was put into the wrong place: shorter runs are suspicious there. */
export function maskedValue(text: string): string {
  return masked(text).replace(/[A-Za-z0-9+/=_~]{16,}/g, (run) => (isOpaque(run) ? hidden : run));
}

/**
 * Secret access keys have 40 characters, keys of storage accounts 88, session tokens hundreds. Random text has letters of
 * both cases and digits, and changes between them all the time; in a path, words do so only where they meet.
 */
function isOpaque(run: string): boolean {
  if (!(/[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run))) {
    return false;
  }
  if (run.length === 40 || (run.length > 40 && !/[/_-]/.test(run))) {
    return true;
  }
  const changes = run.match(/(?<=[a-z])[A-Z\d]|(?<=[A-Z])\d|(?<=\d)[A-Za-z]/g)?.length ?? 0;
  return changes >= 0.22 * run.length;
}
