import type { AwsRefusal } from './refusal.ts';

/**
 * What KMS has to do with a refusal, if anything. S3 answers for KMS with codes that begin with `KMS.`, or with
 * AccessDenied and a text: only there is the text looked into, since nothing else tells the two denials apart.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export function meaningForKms(answer: AwsRefusal): 'denied' | 'unusable' | undefined {
  const code = answer.codes.find((each) => /^kms/i.test(each));
  if (code !== undefined) {
    return /accessdenied|optinrequired|notauthori[sz]ed/i.test(code) ? 'denied' : 'unusable';
  }
  const isDenied = answer.codes.includes('AccessDenied');
  if (!isDenied || !ofKms.test(answer.text)) {
    return undefined;
  }
  return unusable.test(answer.text) ? 'unusable' : 'denied';
}

/** `kms:Decrypt`, `arn:aws:kms:...`, and S3's own sentences about a customer master key. */
const ofKms = /\bkms\b|customer (?:master|managed) key|key management service/i;
const unusable =
  /\b(?:is|are|was) (?:disabled|not enabled)\b|\bpending (?:deletion|import|replica deletion)\b|\binvalid state\b/i;
