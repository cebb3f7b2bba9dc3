/** The service answered with an error document, or at least with an error status. */
export interface AwsRefusal {
  readonly kind: 'refused';
  /** Every code the answer carries, without prefix `AWS.SimpleQueueService.` and suffix `Exception`. */
  readonly codes: readonly string[];
  /** The code as AWS wrote it, for people. */
  readonly shownCode: string;
  readonly status: number;
  /** First line of the service's own text, cut to 300 characters. */
  readonly text: string;
  readonly requestId: string | undefined;
  /** Where S3 says that the bucket lies. */
  readonly bucketRegion: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** What an answer holds, as it came. */
export interface RefusalFields {
  readonly status: number;
  readonly codes: readonly (string | undefined)[];
  readonly text: string | undefined;
  readonly requestId: string | undefined;
  readonly bucketRegion: string | undefined;
  readonly retryAfter: string | undefined;
}

/** Brings codes to one spelling, and cuts the text to what may be shown. */
export function awsRefusal({ codes, text, retryAfter, ...fields }: RefusalFields): AwsRefusal {
  const present = codes.filter((code) => code !== undefined && code !== '') as string[];
  return {
    kind: 'refused',
    codes: [...new Set(present.map(normalised))],
    shownCode: present[0]?.replace(sqsPrefix, '') ?? 'an error without a code',
    text: firstLine(text ?? ''),
    retryAfterMs: readRetryAfter(retryAfter),
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

/** First line, at most 300 characters: the further lines of a signature failure hold the session token. */
export function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}...` : line;
}

const sqsPrefix = 'AWS.SimpleQueueService.';

function normalised(code: string): string {
  return code.replace(sqsPrefix, '').replace(/Exception$/, '');
}

function readRetryAfter(header: string | undefined): number | undefined {
  const seconds = header === undefined || header === '' ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
