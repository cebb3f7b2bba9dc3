import { BlockList, isIP } from 'node:net';

/** The addresses of private networks: RFC 1918, RFC 6598 (shared by networks of one operator) and RFC 4193. */
const ranges = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  ranges.addSubnet(network, prefix);
}
ranges.addSubnet('fc00::', 7, 'ipv6');

/** True for an address that only a private network has, such as that of a private endpoint. */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && ranges.check(address, version === 6 ? 'ipv6' : 'ipv4');
}
