import type { STSClient } from '@aws-sdk/client-sts';
import { ConnectorError } from '../../words/errors.ts';
import { isSignInHost } from '../../words/partitions.ts';

/**
 * Lets a client send to its endpoint alone. The default chain of credentials hands the client's handler on to clients of
 * its own making (STS for a token in a file), which follow the environment wherever it points: they reach AWS over TLS,
 * or nothing.
 */
export function guardHandler({ config }: STSClient, endpoint: string): void {
  const handler = config.requestHandler;
  const { origin } = new URL(endpoint);
  const handle = handler.handle.bind(handler);
  handler.handle = (request, options) => {
    const { protocol, hostname, port } = request;
    const asked = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
    return asked.origin === origin || (asked.protocol === 'https:' && asked.port === '' && isSignInHost(asked.hostname))
      ? handle(request, options)
      : Promise.reject(ledElsewhere(asked.origin));
  };
}

function ledElsewhere(origin: string): ConnectorError {
  return new ConnectorError(
    'credentials-invalid',
    `the environment would have credentials for AWS sent to ${origin}, which is not AWS: nothing was sent`,
    {
      remedy:
        'Remove the endpoint from the environment (AWS_ENDPOINT_URL_...) or from the shared configuration file of AWS (endpoint_url, services).',
    },
  );
}
