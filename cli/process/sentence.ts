import { ConnectorError } from '../../shared/words/errors.ts';
import { systemReason } from './systemReason.ts';

/** Whatever was thrown, as one sentence for a person: what was meant and why it failed, never a stack. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return firstLine(String(error));
  if (error instanceof ConnectorError) return firstLine(withRemedy(error.message, error.remedy));
  const { code, path, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (syscall !== undefined && code !== undefined) {
    const what = path ?? (address === undefined ? undefined : `${address}:${port}`);
    return firstLine(`${what === undefined ? '' : `${what}: `}${systemReason(error)}`);
  }
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : undefined;
  if (isBug(error))
    return `this is a fault of the connector, please report it: ${firstLine(String(error))}${placeOf(error)}`;
  return firstLine(withRemedy(error.message, remedy));
}

function withRemedy(message: string, remedy: string | undefined): string {
  return remedy === undefined ? message : `${message}. ${remedy}`;
}

/** What only a mistake in the code throws. */
function isBug(error: Error): boolean {
  return [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);
}

/** The first place of ours in the stack, for whoever looks for the fault. */
function placeOf({ stack = '' }: Error): string {
  const place =
    /\((?:file:\/\/)?([^()\s]*\/(?:cli|functions|local|proof|shared|tools)\/[^()\s]*:\d+:\d+)\)|at (?:file:\/\/)([^\s()]*:\d+:\d+)/.exec(
      stack,
    );
  const found = place?.[1] ?? place?.[2];
  return found === undefined ? '' : ` (at ${found})`;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
