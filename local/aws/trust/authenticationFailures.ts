import type { Failure, Service } from '../gateway/answers.ts';

/** Ways a request can fail to prove who sent it. */
export type AuthenticationProblem =
  | 'unsigned'
  | 'malformed'
  | 'unknown-key'
  | 'token-mismatch'
  | 'expired'
  | 'not-matching'
  | 'payload-not-matching';

/** The same problem in the words of each service: codes, status and texts differ more than one would wish. */
export function authenticationFailure(service: Service, problem: AuthenticationProblem): Failure {
  return table[problem][service === 's3' ? 's3' : 'query'];
}

/** The request's date is too far from the service's clock. */
export function skewFailure(service: Service, requestTime: number, now: number, allowedMs: number): Failure {
  if (service === 's3') {
    return {
      status: 403,
      code: 'RequestTimeTooSkewed',
      message: 'The difference between the request time and the current time is too large.',
      details: {
        RequestTime: compact(requestTime),
        ServerTime: new Date(now).toISOString(),
        MaxAllowedSkewMilliseconds: String(allowedMs),
      },
    };
  }
  const minutes = allowedMs / 60_000;
  const [sign, word] =
    requestTime < now
      ? (['-', 'Signature expired: % is now earlier than'] as const)
      : (['+', 'Signature not yet current: % is still later than'] as const);
  const bound = requestTime < now ? now - allowedMs : now + allowedMs;
  return {
    ...table['not-matching'].query,
    message: `${word.replace('%', compact(requestTime))} ${compact(bound)} (${compact(now)} ${sign} ${minutes} min.)`,
  };
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
  'and signing method. Consult the service documentation for details.';

// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
const table: Readonly<Record<AuthenticationProblem, { readonly s3: Failure; readonly query: Failure }>> = {
  unsigned: {
    s3: { status: 403, code: 'AccessDenied', message: 'Access Denied' },
    query: {
      status: 403,
      code: 'MissingAuthenticationToken',
      type: 'com.amazon.coral.service#MissingAuthenticationTokenException',
      message: 'Request is missing Authentication Token',
    },
  },
  malformed: {
    s3: {
      status: 400,
      code: 'AuthorizationHeaderMalformed',
      message: 'The authorization header that you provided is not valid.',
    },
    query: {
      status: 400,
      code: 'IncompleteSignature',
      type: 'com.amazon.coral.service#IncompleteSignatureException',
      message: 'The request signature does not conform to AWS standards.',
    },
  },
  'unknown-key': {
    s3: {
      status: 403,
      code: 'InvalidAccessKeyId',
      message: 'The AWS Access Key Id you provided does not exist in our records.',
    },
    query: {
      status: 403,
      code: 'InvalidClientTokenId',
      type: 'com.amazon.coral.service#UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    },
  },
  'token-mismatch': {
    s3: { status: 400, code: 'InvalidToken', message: 'The provided token is malformed or otherwise invalid.' },
    query: {
      status: 403,
      code: 'InvalidClientTokenId',
      type: 'com.amazon.coral.service#UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    },
  },
  expired: {
    s3: { status: 400, code: 'ExpiredToken', message: 'The provided token has expired.' },
    query: {
      status: 403,
      code: 'ExpiredToken',
      type: 'com.amazon.coral.service#ExpiredTokenException',
      message: 'The security token included in the request is expired',
    },
  },
  'not-matching': {
    s3: {
      status: 403,
      code: 'SignatureDoesNotMatch',
      message:
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    },
    query: {
      status: 403,
      code: 'SignatureDoesNotMatch',
      type: 'com.amazon.coral.service#InvalidSignatureException',
      message: mismatch,
    },
  },
  'payload-not-matching': {
    s3: {
      status: 400,
      code: 'XAmzContentSHA256Mismatch',
      message: `The provided 'x-amz-content-sha256' header does not match what was computed.`,
    },
    query: {
      status: 403,
      code: 'SignatureDoesNotMatch',
      type: 'com.amazon.coral.service#InvalidSignatureException',
      message: mismatch,
    },
  },
};

function compact(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}
