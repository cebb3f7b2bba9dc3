import { readRetryAfter } from '../../kit/retryAfter.ts';
import { shortText } from '../../kit/shortText.ts';

/** The service answered with an error document, or at least with an error status. */
export interface AwsRefusal {
  readonly kind: 'refused';
  /** Every code the answer carries, without prefix `AWS.SimpleQueueService.` and suffix `Exception`. */
  readonly codes: readonly string[];
  /** The code as AWS wrote it, for people. */
  readonly shownCode: string;
  readonly status: number;
  /** First line of the service's own text, shortened. */
  readonly text: string;
  readonly requestId: string | undefined;
  /** Where S3 says that the bucket lies. */
  readonly bucketRegion: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** True for a page that the service cannot have written: a proxy's, or a portal's. */
  readonly fromElsewhere: boolean;
}

/** What an answer holds, as it came. */
export interface RefusalFields {
  readonly status: number;
  readonly codes: readonly (string | undefined)[];
  readonly text: string | undefined;
  readonly requestId: string | undefined;
  readonly bucketRegion: string | undefined;
  readonly header: (name: string) => string | undefined;
  readonly fromElsewhere?: boolean;
}

/** Brings codes to one spelling, and cuts the text to what may be shown. `now` dates a Retry-After that names a time. */
export function awsRefusal(
  { codes, text, header, fromElsewhere = false, ...fields }: RefusalFields,
  now = Date.now(),
): AwsRefusal {
  const present = codes.filter((code) => code !== undefined && code !== '') as string[];
  return {
    kind: 'refused',
    codes: [...new Set(present.map(normalised))],
    shownCode: shortText(present[0]?.replace(sqsPrefix, '') ?? 'an error without a code', 100),
    text: firstLine(text ?? ''),
    retryAfterMs: readRetryAfter(header, now),
    fromElsewhere,
    ...fields,
  };
}

/** Thrown for a refusal we read ourselves, where the SDK throws an error of its own making. */
export class RefusedRequest extends Error {
  readonly answer: AwsRefusal;

  constructor(answer: AwsRefusal) {
    super(`${answer.shownCode} (HTTP ${answer.status})`);
    this.name = 'RefusedRequest';
    this.answer = answer;
  }
}

/** The further lines of a signature failure hold the canonical request, and with it the session token. */
function firstLine(text: string): string {
  return shortText(text.split('\n', 1)[0] ?? '');
}

const sqsPrefix = 'AWS.SimpleQueueService.';

function normalised(code: string): string {
  return code.replace(sqsPrefix, '').replace(/Exception$/, '');
}
