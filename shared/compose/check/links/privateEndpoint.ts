import type { Storage } from '../../../azure/storage/account.ts';
import { type Finding, failure } from '../link.ts';
import { isPrivateAddress } from '../privateAddress.ts';

/** The addresses of a host; none when its name does not resolve. Never rejects. */
export type AddressesOf = (host: string) => Promise<readonly string[]>;

/**
 * Told by its siblings: an account whose other services are reached at private addresses has private endpoints, and one
 * each. The table service's is the one that is forgotten, since few apps use tables.
 * https://learn.microsoft.com/azure/storage/common/storage-private-endpoints
 */
export async function missingEndpoint(
  kind: keyof Storage['hosts'],
  hosts: Storage['hosts'],
  addressesOf: AddressesOf,
): Promise<Finding | undefined> {
  const own = await addressesOf(bare(hosts[kind]));
  if (own.length > 0 && own.every(isPrivateAddress)) return undefined;
  const siblings: string[] = [];
  for (const [other, host] of Object.entries(hosts)) {
    const addresses = other === kind ? [] : await addressesOf(bare(host));
    if (addresses.length > 0 && addresses.every(isPrivateAddress)) siblings.push(other);
  }
  if (siblings.length === 0) return undefined;
  const host = bare(hosts[kind]);
  const zone = `privatelink.${host.slice(host.indexOf('.') + 1)}`;
  return failure(
    'private-endpoint-missing',
    `the ${kind} service ${host} ${own.length === 0 ? 'has no address' : `is reached at the public address ${own[0]}`}, while ${siblings.join(' and ')} are reached at private ones: it has no private endpoint of its own, or its DNS zone is not linked`,
    `Create a private endpoint of the sub-resource "${kind}" of the storage account, and link the DNS zone ${zone} to the network of the function app.`,
  );
}

/** Without the port. */
function bare(host: string): string {
  return host.replace(/:\d+$/, '');
}
