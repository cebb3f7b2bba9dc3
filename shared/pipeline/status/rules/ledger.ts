import type { Observed } from '../observed.ts';
import type { Reason } from '../reason.ts';

/** Without a ledger everything is delivered, and what comes again is delivered again. */
export function ledgerReasons({ status }: Observed): readonly Reason[] {
  switch (status?.summary.ledger) {
    case 'unavailable':
      return [
        {
          colour: 'amber',
          code: 'ledger-unavailable',
          says: 'The storage of the ledger did not answer in the last slice: duplicates are possible, nothing is lost.',
          remedy: 'Check that the app reaches the table service of its storage account, and its roles on it.',
        },
      ];
    case 'none':
      return [
        {
          colour: 'amber',
          code: 'ledger-missing',
          says: 'There is no ledger: what comes again is sent again, and nothing that fails is kept.',
          remedy: 'Set AzureWebJobsStorage, or AzureWebJobsStorage__accountName, to a storage account.',
        },
      ];
    default:
      return [];
  }
}
