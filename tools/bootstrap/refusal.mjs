/** Why a command does not start: one sentence for a person, and the exit code. */
export class Refusal extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function sentenceOf(error) {
  if (!(error instanceof Error)) return String(error);
  return error instanceof Refusal ? error.message : error.message.split('\n')[0];
}

/** What the system said, in a person's words. */
export function systemReason(error) {
  const words = {
    EACCES: 'this user may not write there',
    EPERM: 'this user may not write there',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota of the disk is used up',
    ENOTDIR: 'a part of the path is a file',
    EISDIR: 'it is a folder',
    ENOENT: 'it does not exist',
  };
  return words[error?.code] ?? sentenceOf(error);
}
