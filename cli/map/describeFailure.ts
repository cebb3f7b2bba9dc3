import { ConnectorError, type ErrorCode } from '../../shared/words/errors.ts';
import { systemReason } from '../process/systemReason.ts';

/** What a person with the file at hand does, where the failure does not say so itself. */
const remedies: { readonly [Code in ErrorCode]?: string } = {
  'object-empty': 'Look where the file was copied from: CloudTrail writes no empty files.',
  'gzip-truncated': 'Copy the file again: its end is missing.',
  'gzip-invalid': 'Copy the file again, in binary mode: its bytes were changed on the way.',
  'json-invalid': 'Copy the file again, or look at the byte: CloudTrail writes valid JSON.',
  'object-too-large': 'Split the file: the connector refuses it at this size, too.',
  'no-records': 'Name a CloudTrail log file: digest and Insights files have no rows of their own.',
};

/** For the terminal: the code and what it says, or what the system said, and what to do; never a stack. */
export function describeFailure(error: unknown): string {
  if (error instanceof ConnectorError) {
    const remedy = error.remedy ?? remedies[error.code];
    const what = `${error.code}: ${error.message}`;
    return remedy === undefined ? what : `${what}\n  What to do: ${remedy}`;
  }
  return error instanceof Error && 'syscall' in error
    ? systemReason(error)
    : `bug: ${error instanceof Error ? error.message : error}`;
}
