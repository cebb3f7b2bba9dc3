import { readTokenClaims } from '../../../aws/credentials/tokenClaims.ts';
import { failure, type Link, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';

/** From the identity in Azure to the role in AWS. */
export function roleLinks(look: SourceLook): readonly Link[] {
  const { settings, name } = look;
  const isFederated = settings.credentials.mode === 'managed-identity';
  const federated = isFederated ? [entraToken(look), hubRole(look)] : [];
  const target: Link = {
    name: name('target role'),
    needs: ['settings', ...federated.map((link) => link.name)],
    run: async (signal) => {
      await look.parts().credentials.session(signal);
      return ok(`${settings.roleArn} is assumed with the workspace ID as external ID`);
    },
  };
  return [...federated, target, externalId(look, target.name)];
}

function entraToken({ settings, name, token }: SourceLook): Link {
  return {
    name: name('Entra token'),
    needs: ['settings'],
    run: async () => {
      const { credentials } = settings;
      if (credentials.mode !== 'managed-identity') return ok('not needed');
      const claims = readTokenClaims(await token(credentials.audience));
      if (claims === undefined) return warning('token-odd', 'the token is no JSON web token', v1Remedy);
      const { aud, iss, sub } = claims;
      const detail = `a token with aud "${aud}", iss "${iss}", sub "${sub}"`;
      return iss.endsWith('/v2.0')
        ? warning('token-version-2', `${detail}: a version 2 token, whose azp AWS compares in place of aud`, v1Remedy)
        : ok(detail);
    },
  };
}

const v1Remedy =
  'Set requestedAccessTokenVersion to null or 1 in the manifest of the app registration that AWS_WEB_IDENTITY_AUDIENCE names.';

function hubRole({ settings, name, parts }: SourceLook): Link {
  return {
    name: name('hub role'),
    needs: [name('Entra token')],
    run: async () => {
      const { credentials } = settings;
      await parts().credentials.hubSession();
      return ok(`${credentials.mode === 'managed-identity' ? credentials.hubRoleArn : ''} is assumed with the token`);
    },
  };
}

/**
 * A role that opens without its external ID opens to whoever makes the caller ask: the confused deputy. AWS asks those
 * who integrate to try it: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
function externalId({ settings, name, parts, workspaceId }: SourceLook, target: string): Link {
  return {
    name: name('external ID'),
    needs: [target],
    run: async () => {
      const opens = await parts().credentials.opensWithoutExternalId();
      if (opens === undefined) return ok('the role is refused without external ID, and with a wrong one');
      return failure(
        'external-id-not-demanded',
        `${settings.roleArn} is assumed ${opens}: any tenant of the caller could make it read these logs`,
        `Add this to the condition of the statement in the role's trust policy: ${JSON.stringify({ StringEquals: { 'sts:ExternalId': workspaceId } })}`,
      );
    },
  };
}
