import { type AwsAnswer, describeAwsAnswer, hasCode, isDenied } from './answer.ts';

/** AWS did not answer a question that is asked for a check alone, and that no log file needs. */
export class NotTold extends Error {
  /** The IAM action, such as `s3:GetBucketNotification`. */
  readonly action: string;
  readonly isDenied: boolean;
  /** What was asked about does not exist. */
  readonly isMissing: boolean;

  constructor(action: string, about: string, answer: AwsAnswer) {
    super(`${action} of ${about}: ${describeAwsAnswer(answer)}`);
    this.name = 'NotTold';
    this.action = action;
    this.isDenied = answer.kind === 'refused' && isDenied(answer);
    this.isMissing = answer.kind === 'refused' && hasCode(answer, missing);
  }
}

const missing = new Set(['NoSuchBucket', 'TrailNotFound']);
