import type { TokenCredential } from '@azure/core-auth';
import { readTokenClaims } from '../../../aws/credentials/tokenClaims.ts';
import { isPassing, reasonOf, requestToken } from '../../../azure/identity.ts';
import type { StorageValues } from '../../../azure/storage/accountValues.ts';
import { storageIdentityRemedy } from '../../../azure/storage/failure.ts';
import { failure, type Link, ok, warning } from '../link.ts';

export interface StorageIdentityParts {
  readonly credential: TokenCredential;
  readonly values: Pick<StorageValues, 'clientId' | 'credential'>;
  readonly needs: Link['needs'];
}

/** One for every cloud. https://learn.microsoft.com/azure/storage/common/storage-auth-aad-app */
const scope = 'https://storage.azure.com/.default';

/** Who enters the storage account, where no key does: the identity may be another than that for AWS and Azure Monitor. */
export function storageIdentityLink({ credential, values, needs }: StorageIdentityParts): Link {
  const { clientId = '' } = values;
  const isNamed = clientId !== '';
  return {
    name: 'storage: identity',
    needs,
    run: async (signal) => {
      const who = isNamed ? `the identity with the client ID ${clientId}` : 'the identity of the app';
      let token: string;
      try {
        ({ token } = await requestToken(credential, scope, signal));
      } catch (error) {
        const detail = `no token for storage as ${who}: ${reasonOf(error)}`;
        if (isPassing(error)) {
          return failure('identity-unavailable', detail, 'Check again: the identity endpoint was out of order.');
        }
        return isNamed
          ? failure('storage-client-id-unknown', detail, namedRemedy)
          : failure('storage-identity-missing', detail, storageIdentityRemedy);
      }
      // https://learn.microsoft.com/azure/azure-functions/functions-reference#common-properties-for-identity-based-connections
      if (isNamed && (values.credential ?? '') === '') {
        return warning(
          'storage-credential-missing',
          `AzureWebJobsStorage__clientId names ${clientId}, and the Functions host takes the system-assigned identity as long as AzureWebJobsStorage__credential is missing`,
          'Set AzureWebJobsStorage__credential to managedidentity.',
        );
      }
      const subject = readTokenClaims(token)?.sub ?? 'not told';
      return ok(`${who} has a token for storage; its object ID is ${subject}`);
    },
  };
}

const namedRemedy =
  'Set AzureWebJobsStorage__clientId to the client ID (not the object ID) of a user-assigned identity that the function app has (az functionapp identity show), or remove it and AzureWebJobsStorage__credential to use the system-assigned one.';
