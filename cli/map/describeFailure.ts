import { ConnectorError } from '../../shared/words/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder',
};

/** One line for the terminal: the code and what it says, or what the system said; never a stack. */
export function describeFailure(error: unknown): string {
  if (error instanceof ConnectorError) return `${error.code}: ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return `${code === '' ? 'bug' : code}: ${reasons[code] ?? error.message}`;
}
