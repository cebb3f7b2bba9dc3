import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KeptEntries } from '../../shared/azure/failedEntries/entries.ts';
import { azureCredential } from '../../shared/azure/identity.ts';
import { openStorage, type Storage } from '../../shared/azure/storage/account.ts';
import { storageAccount, storageProblems, storageValues } from '../../shared/azure/storage/accountValues.ts';
import { type Connector, compose } from '../../shared/compose/connector.ts';
import { failedEntriesIn } from '../../shared/compose/state.ts';
import { systemClock } from '../../shared/kit/systemClock.ts';
import { readSettings } from '../../shared/settings/settings.ts';
import type { Logger } from '../../shared/telemetry.ts';
import type { AppValues } from './appValues.ts';
import { Refused } from './refused.ts';

/** Storage may be far from the desk. */
const timeoutMs = 15_000;

/** The failed entries of the app that has these settings; needs no more of them than its storage. @throws Refused */
export function openEntries(values: AppValues): KeptEntries {
  return failedEntriesIn(openAppStorage(values), systemClock);
}

/** The storage of the app that has these settings. @throws Refused */
export function openAppStorage(values: AppValues): Storage {
  const [problem] = storageProblems(storageValues(values));
  if (problem !== undefined) {
    throw new Refused(problem, 'Set it to what the function app has; nothing of it is shown here.');
  }
  const clientId = values['AZURE_CLIENT_ID'];
  const account = storageAccount(storageValues(values), azureCredential({ kind: identityKind(values), clientId }));
  if (account === undefined) {
    throw new Refused(
      'AzureWebJobsStorage is missing, and failed entries and circuits are kept in storage',
      'Set it to what the function app has (or AzureWebJobsStorage__accountName), in the environment or in local.settings.json; --local takes it from a local set-up.',
    );
  }
  return openStorage(account, { clock: systemClock, timeoutMs });
}

/** The app itself, composed as in Azure. @throws Refused with every problem of the settings */
export function openConnector(values: AppValues, logger: Logger): Connector {
  const reading = readSettings(values);
  if (!reading.ok) {
    throw new Refused(
      `these settings must be put right: ${reading.problems.join('; ')}`,
      'A replay needs all settings of the function app, in the environment or in local.settings.json; --local takes them from a local set-up.',
    );
  }
  const authorities = values['NODE_EXTRA_CA_CERTS'];
  return compose(reading.settings, {
    clock: systemClock,
    random: Math.random,
    instance: randomUUID(),
    storage: storageValues(values),
    logger,
    identity: identityKind(values),
    // Node reads them at its start, when these settings were not known yet.
    ...(authorities === undefined ? {} : { ingestionCa: readFileSync(authorities, 'utf8') }),
  });
}

function identityKind(values: AppValues): 'managed-identity' | 'developer' {
  return values['IDENTITY_ENDPOINT'] === undefined ? 'developer' : 'managed-identity';
}
