import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../local/azure/resourceManager/evaluate.ts';

const scope = {
  place: { subscriptionId: 's', resourceGroup: 'g' },
  parameter: (name: string) => ({ list: ['a', 'b'], name })[name],
  variable: () => undefined,
};

describe('expressions of templates', () => {
  it.each([
    ['plain text', 'plain text'],
    ['[[in brackets]', '[in brackets]'],
    ["[concat('it''s', 1)]", "it's1"],
    ["[if(empty(''), 'yes', reference('never asked'))]", 'yes'],
    ["[split('a/b/c', '/')[1]]", 'b'],
    ["[last(parameters('list'))]", 'b'],
    ["[createObject('x', createObject('y', 2)).x.y]", 2],
    ["[union(createObject('a', 1), createObject('a', 2)).a]", 2],
    ["[map(parameters('list'), lambda('each', format('<{0}>', lambdaVariables('each'))))]", ['<a>', '<b>']],
    ["[resourceId('Microsoft.Web/sites', 'n')]", '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/n'],
    [
      "[resourceId('other', 'Microsoft.Web/sites/config', 'n', 'c')]",
      '/subscriptions/s/resourceGroups/other/providers/Microsoft.Web/sites/n/config/c',
    ],
    ["[extensionResourceId('/a', 'Microsoft.Insights/x', 'n')]", '/a/providers/Microsoft.Insights/x/n'],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, scope)).toEqual(value);
  });

  it.each([
    ["[concat('a']", 'expected'],
    ["[concat('a') 'b']", 'out of place'],
    ['[concat(§)]', 'no expression'],
    ["[split('a', '/')[3]]", 'there is no 3'],
    ["[listKeys('a')]", 'there is no function listKeys'],
    ["[reference('a')]", 'properties and outputs only'],
    ["[resourceId('Microsoft.Web/sites', 'a', 'b')]", 'takes 1 names'],
  ])('%s is refused', (text, problem) => {
    expect(() => evaluate(text, scope)).toThrow(problem);
  });
});
