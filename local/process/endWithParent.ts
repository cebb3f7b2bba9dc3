/**
 * Preloaded into a child process that has no life of its own: it ends when its standard input closes, which also
 * happens when the parent is killed.
 */
process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0));
process.stdin.resume();
// Waiting for the parent must not keep the child alive when it was asked to end.
if ('unref' in process.stdin) process.stdin.unref();
