/** Runs TypeScript without a flag and has what the dependencies ask for; 23 is no long-term version and has neither. */
export const oldestSuitable = '22.19';

export function isSuitable(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 19);
}
