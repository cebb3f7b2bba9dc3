import type { TokenCredential } from '@azure/core-auth';
import { monitorToken } from '../../../azure/identity.ts';
import { logsIngestionDestinations } from '../../../azure/ingestion/logsIngestion.ts';
import { resourceReads } from '../../../azure/resourceManager/reads.ts';
import type { DestinationSettings } from '../../../settings/settings.ts';
import type { Clock } from '../../../words/clock.ts';
import { type Link, ok } from '../link.ts';
import { columnLinks } from './columns.ts';

export interface RuleParts {
  readonly destination: DestinationSettings;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  readonly ca: string | undefined;
}

/** The token for Azure Monitor, and each data collection rule: an empty list goes the way of all rows and stores nothing. */
export function ruleLinks({ destination, credential, clock, ca }: RuleParts): readonly Link[] {
  const { endpoint, scope, ruleIds, stream } = destination;
  const tokenLink: Link = {
    name: 'Azure Monitor token',
    needs: ['settings'],
    run: async (signal) => {
      await monitorToken(credential, scope, signal);
      return ok(`a token for ${scope}`);
    },
  };
  const destinations = logsIngestionDestinations({ endpoint, scope, ruleIds, stream, credential, clock, ca });
  const rules = destinations.map(
    ({ rule, probe }): Link => ({
      name: `data collection rule ${rule}`,
      needs: [tokenLink.name],
      run: async (signal) => {
        await probe(signal);
        return ok(`takes an empty list for the stream ${stream} at ${new URL(endpoint).host}`);
      },
    }),
  );
  const { resourceManager, ruleResourceIds = [] } = destination;
  const reads = resourceReads({ credential, monitorScope: scope, endpoint: resourceManager });
  return [tokenLink, ...rules, ...columnLinks({ reads, stream, ruleIds, ruleResourceIds })];
}
