/** The claims of a web identity token that AWS compares with trust policies; nothing else of it is ever shown. */
export interface TokenClaims {
  readonly aud: string;
  readonly iss: string;
  readonly sub: string;
}

/** Decodes without verifying: for messages only. Undefined when it is no JSON web token. */
export function readTokenClaims(token: string): TokenClaims | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof payload !== 'object' || payload === null) {
      return undefined;
    }
    const claims = payload as Record<string, unknown>;
    return { aud: shown(claims['aud']), iss: shown(claims['iss']), sub: shown(claims['sub']) };
  } catch {
    // Not a token we understand: the message then says so.
    return undefined;
  }
}

function shown(claim: unknown): string {
  const text = Array.isArray(claim) ? claim.join(' ') : typeof claim === 'string' ? claim : '(none)';
  return text.slice(0, 200);
}
