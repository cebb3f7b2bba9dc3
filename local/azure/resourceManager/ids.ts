/** Where a deployment goes. */
export interface Place {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

/**
 * The ID of a resource: the names fill the segments of the type, one each.
 * @throws RangeError when there are more or fewer
 */
export function idOf(type: string, names: readonly string[], place?: Place): string {
  const [namespace, ...kinds] = type.split('/');
  if (kinds.length === 0 || kinds.length !== names.length || names.includes('')) {
    throw new RangeError(`${type} takes ${kinds.length} names; got ${names.length}: ${names.join(', ')}`);
  }
  const within =
    place === undefined ? '' : `/subscriptions/${place.subscriptionId}/resourceGroups/${place.resourceGroup}`;
  return `${within}/providers/${namespace}/${kinds.map((kind, index) => `${kind}/${names[index]}`).join('/')}`;
}

/** Resource IDs are compared without case. */
export function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
