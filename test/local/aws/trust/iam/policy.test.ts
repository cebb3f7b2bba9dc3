import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../../../../local/aws/trust/iam/policy.ts';

const sound = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::logs/*' };

function problemsOf(kind: 'identity' | 'trust' | 'resource', statement: unknown, version = '2012-10-17'): string {
  try {
    readPolicy(kind, 'the role', { Version: version, Statement: [statement] });
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('readPolicy', () => {
  it('reads a sound document, with a single statement or a list', () => {
    expect(readPolicy('identity', 'x', { Version: '2012-10-17', Statement: sound }).statements).toHaveLength(1);
    expect(problemsOf('identity', sound)).toBe('');
  });

  it.each([
    [
      'a misspelt action',
      'identity',
      { ...sound, Action: 'sqs:RecieveMessage' },
      'action "sqs:RecieveMessage" is not an action of sqs',
    ],
    [
      'a wildcard that matches no action',
      'identity',
      { ...sound, Action: 's3:Got*' },
      'action "s3:Got*" is not an action of s3',
    ],
    ['an unknown service', 'identity', { ...sound, Action: 'sqa:*' }, 'action "sqa:*" must begin with one of'],
    [
      'an unknown operator',
      'identity',
      { ...sound, Condition: { StringEqual: { a: 'b' } } },
      'condition operator "StringEqual" is not known',
    ],
    ['an unknown element', 'identity', { ...sound, Actions: 'x' }, 'unknown element "Actions"'],
    ['a wrong effect', 'identity', { ...sound, Effect: 'allow' }, 'Effect must be "Allow" or "Deny"'],
    ['no resource', 'identity', { Effect: 'Allow', Action: '*' }, 'exactly one of Resource and NotResource'],
    ['action and its opposite', 'identity', { ...sound, NotAction: 's3:*' }, 'exactly one of Action and NotAction'],
    ['a resource that is no ARN', 'identity', { ...sound, Resource: 'logs/*' }, 'must be "*" or an ARN'],
    ['a value that is no string', 'identity', { ...sound, Action: [7] }, 'Action must hold strings, not 7'],
    ['a policy variable', 'identity', { ...sound, Resource: 'arn:aws:s3:::a/$' + '{aws:username}' }, 'policy variable'],
    [
      'a principal in an identity policy',
      'identity',
      { ...sound, Principal: '*' },
      'an identity policy has no Principal',
    ],
    [
      'no principal in a trust policy',
      'trust',
      { Effect: 'Allow', Action: 'sts:AssumeRole' },
      'exactly one of Principal',
    ],
    [
      'a resource in a trust policy',
      'trust',
      { ...sound, Principal: '*', Action: 'sts:AssumeRole' },
      'a trust policy has no Resource',
    ],
    ['a malformed principal', 'resource', { ...sound, Principal: { AWS: 'me' } }, 'Principal AWS "me" is malformed'],
    [
      'a wildcard in a principal',
      'resource',
      { ...sound, Principal: { AWS: 'arn:aws:iam::111111111111:role/*' } },
      'must not hold a wildcard',
    ],
    [
      'an unknown principal kind',
      'resource',
      { ...sound, Principal: { User: 'me' } },
      'Principal User "me" is not known',
    ],
    [
      'a malformed service',
      'resource',
      { ...sound, Principal: { Service: 'S3' } },
      'Principal Service "S3" is malformed',
    ],
    ['a principal that is text', 'resource', { ...sound, Principal: 'me' }, 'Principal must be "*" or an object'],
    ['a statement that is text', 'identity', 'allow', 'must be an object'],
    ['a condition that is text', 'identity', { ...sound, Condition: 'x' }, 'Condition must be an object'],
    [
      'a condition operator without keys',
      'identity',
      { ...sound, Condition: { Bool: 'x' } },
      'Condition Bool must be an object',
    ],
  ] as const)('reports %s', (_, kind, statement, expected) => {
    expect(problemsOf(kind, statement)).toContain(expected);
  });

  it('reports an old version, an empty list and a document that is no object', () => {
    expect(problemsOf('identity', sound, '2008-10-17')).toContain('Version must be "2012-10-17"');
    expect(() => readPolicy('identity', 'x', { Version: '2012-10-17', Statement: [] })).toThrow('must not be empty');
    expect(() => readPolicy('identity', 'x', 'text')).toThrow('the document must be an object');
  });

  it('reports every problem at once and names the statement', () => {
    const problems = problemsOf('identity', {
      ...sound,
      Sid: 'Read',
      Action: 's3:Gett',
      Condition: { Boole: { a: 'b' } },
    });
    expect(problems).toBe(
      'Policy of the role is not valid: statement "Read": action "s3:Gett" is not an action of s3; ' +
        'statement "Read": condition operator "Boole" is not known.',
    );
  });
});
