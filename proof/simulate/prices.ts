/** One list price: approximate, in US dollars, of a cheap region; the reader checks it, `--price` replaces it. */
interface Price {
  readonly dollars: number;
  readonly unit: string;
  readonly page: string;
}

export const listPrices = {
  /** Analytics logs with Microsoft Sentinel, pay as you go; 2.30 or so is Log Analytics alone. */
  ingestionPerGigabyte: {
    dollars: 4.3,
    unit: 'GB of rows',
    page: 'https://azure.microsoft.com/pricing/details/microsoft-sentinel/',
  },
  egressPerGigabyte: {
    dollars: 0.09,
    unit: 'GB out of AWS',
    page: 'https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer',
  },
  queuePerMillion: { dollars: 0.4, unit: 'million SQS requests', page: 'https://aws.amazon.com/sqs/pricing/' },
  getsPerMillion: { dollars: 0.4, unit: 'million S3 GETs', page: 'https://aws.amazon.com/s3/pricing/' },
  storagePerMillion: {
    dollars: 0.036,
    unit: 'million table transactions',
    page: 'https://azure.microsoft.com/pricing/details/storage/tables/',
  },
  storagePerGigabyteMonth: {
    dollars: 0.045,
    unit: 'GB of the ledger for a month',
    page: 'https://azure.microsoft.com/pricing/details/storage/tables/',
  },
  functionPerGigabyteSecond: {
    dollars: 0.000026,
    unit: 'GB-s on demand',
    page: 'https://azure.microsoft.com/pricing/details/functions/',
  },
  readyPerGigabyteSecond: {
    dollars: 0.000004,
    unit: 'GB-s always ready',
    page: 'https://azure.microsoft.com/pricing/details/functions/',
  },
  readyBusyPerGigabyteSecond: {
    dollars: 0.000016,
    unit: 'GB-s at work on an instance that is always ready',
    page: 'https://azure.microsoft.com/pricing/details/functions/',
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof listPrices;
export type Prices = Readonly<Record<PriceName, number>>;

export const priceNames = Object.keys(listPrices) as readonly PriceName[];

/** List prices, with those that are given as NAME=DOLLARS replaced. @throws RangeError for an unknown name or no amount */
export function pricesOf(given: readonly string[]): Prices {
  const prices = Object.fromEntries(priceNames.map((name) => [name, listPrices[name].dollars])) as Record<
    PriceName,
    number
  >;
  for (const text of given) {
    const [name = '', amount = '', ...more] = text.split('=');
    const known = priceNames.find((each) => each === name);
    const dollars = Number(amount);
    if (known === undefined || amount.trim() === '' || more.length > 0 || !(Number.isFinite(dollars) && dollars >= 0)) {
      throw new RangeError(`--price must be NAME=DOLLARS, with a name of ${priceNames.join(', ')}; got "${text}"`);
    }
    prices[known] = dollars;
  }
  return prices;
}
