/** What a selector may look at: names of CloudTrail's advanced event selectors, and five more at the end. */
export const selectorFields = [
  'eventCategory',
  'eventName',
  'eventSource',
  'eventType',
  'readOnly',
  'errorCode',
  'resources.type',
  'resources.ARN',
  'userIdentity.arn',
  'sessionCredentialFromConsole',
  'vpcEndpointId',
  'recipientAccountId',
  'awsRegion',
  'userIdentity.invokedBy',
  'sourceIPAddress',
] as const;

export type SelectorField = (typeof selectorFields)[number];

/** Spelt as AWS spells them. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
export const selectorOperators = [
  'Equals',
  'StartsWith',
  'EndsWith',
  'NotEquals',
  'NotStartsWith',
  'NotEndsWith',
] as const;

export type SelectorOperator = (typeof selectorOperators)[number];

/**
 * One field and what its value must be: one of the values of the positive operators, if there are any, and none of those
 * of the negative ones.
 */
export type FieldSelector = { readonly Field: SelectorField } & {
  readonly [Operator in SelectorOperator]?: readonly string[] | undefined;
};

/** All of its fields must match. Of several selectors the first that matches decides; what none matches is kept. */
export interface Selector {
  /** Under which its records are counted. */
  readonly Name: string;
  readonly Action: 'keep' | 'drop';
  readonly FieldSelectors: readonly FieldSelector[];
}
