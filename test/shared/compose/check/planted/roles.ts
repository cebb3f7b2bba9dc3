import { type Mistake, told } from './mistake.ts';

export const roleMistakes: readonly Mistake[] = [
  {
    ...{ name: 'no provider for the tenant', link: 'hub role', cause: 'web-identity-refused', remedy: /OIDC provider/ },
    plant: ({ clouds }) => void clouds.aws.break('provider'),
  },
  {
    ...{ name: 'the provider knows another audience', link: 'hub role', cause: 'web-identity-refused' },
    remedy: /client ID api:\/\/cloudtrail-connector/,
    plant: ({ clouds }) => void clouds.aws.break('audience'),
  },
  {
    ...{ name: 'the hub role wants another subject', link: 'hub role', cause: 'web-identity-denied', remedy: /:sub"/ },
    plant: ({ clouds }) => void clouds.aws.break('subject'),
  },
  {
    ...{ name: 'the hub role wants another audience', link: 'hub role', cause: 'web-identity-denied', remedy: /:aud"/ },
    plant: (scene) =>
      scene.changePolicy('hub-trust', (text) => text.replace(/(:aud":)"[^"]*"/, '$1"api://another"')) as undefined,
  },
  {
    ...{ name: 'another identity is assigned to the app', link: 'hub role', cause: 'web-identity-denied' },
    remedy: /"sts\.windows\.net.*:sub":"77777777-/,
    plant: ({ clouds }) => clouds.identity.setSubject('77777777-0000-0000-0000-000000000000') as undefined,
  },
  {
    ...{ name: 'a version 2 token', link: 'Entra token', cause: 'token-version-2', status: 'warning' },
    remedy: /requestedAccessTokenVersion/,
    plant: ({ clouds: { identity } }) => ({
      world: {
        identity: {
          getToken: async (scopes) => ({
            token: await identity.issueToken(String(scopes).replace(/\/\.default$/, ''), {
              issuer: 'https://login.microsoftonline.com/5a1c3f7e-2b7d-4a58-9f0e-6d1b8c2e4f90/v2.0',
            }),
            expiresOnTimestamp: Date.now() + 3_600_000,
          }),
        },
      },
    }),
  },
  {
    ...{ name: 'there is no such hub role', link: 'hub role', cause: 'web-identity-denied', remedy: /trust policy of/ },
    plant: told({ AWS_HUB_ROLE_ARN: 'arn:aws:iam::111111111111:role/another' }),
  },
  {
    ...{ name: 'STS is switched off in the region', link: 'hub role', cause: 'sts-region-disabled' },
    remedy: /AWS_STS_REGION/,
    plant: ({ clouds }) => {
      clouds.aws.world.disabledStsRegions.add(clouds.aws.region);
      return { settings: { AWS_STS_REGION: clouds.aws.region } };
    },
  },
  {
    ...{ name: 'another external ID', link: 'target role', cause: 'assume-role-denied', remedy: /sts:ExternalId/ },
    plant: ({ clouds }) => void clouds.aws.break('external-id'),
  },
  {
    ...{ name: 'the target role trusts another role', link: 'target role', cause: 'assume-role-denied' },
    remedy: /"AWS":"arn:aws:iam::111111111111:role\/sentinel-connector-hub"/,
    plant: ({ clouds }) => void clouds.aws.break('target-trust'),
  },
  {
    ...{ name: 'the hub role may not assume it', link: 'target role', cause: 'assume-role-denied' },
    remedy: /allow sts:AssumeRole on that role to the caller/,
    plant: ({ clouds }) => void clouds.aws.break('hub-policy'),
  },
  {
    ...{
      name: 'there is no such target role',
      link: 'target role',
      cause: 'assume-role-denied',
      remedy: /trust policy/,
    },
    plant: told({ AWS_ROLE_ARN: 'arn:aws:iam::222222222222:role/another' }),
  },
  {
    ...{ name: 'a deleted access key', link: 'target role', cause: 'credentials-invalid', remedy: /access key exists/ },
    plant: told({
      ...{ AWS_CREDENTIALS: 'access-key', AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE00' },
      AWS_SECRET_ACCESS_KEY: 'a-secret-that-nobody-knows-any-more-0000',
    }),
  },
  {
    ...{ name: 'no external ID is demanded', link: 'external ID', cause: 'external-id-not-demanded' },
    remedy: /"sts:ExternalId":"8ecf8077-/,
    plant: (scene) =>
      scene.changePolicy('reader-trust', (text) =>
        text.replace(/,"StringEquals":\{"sts:ExternalId":"[^"]*"\}/, ''),
      ) as undefined,
  },
  {
    ...{ name: 'the external ID is demanded if it is there', link: 'external ID', cause: 'external-id-not-demanded' },
    remedy: /StringEquals/,
    plant: (scene) =>
      scene.changePolicy('reader-trust', (text) =>
        text.replace('"StringEquals":{"sts:ExternalId"', '"StringEqualsIfExists":{"sts:ExternalId"'),
      ) as undefined,
  },
  {
    ...{
      name: 'any external ID will do',
      link: 'external ID',
      cause: 'external-id-not-demanded',
      remedy: /StringEquals/,
    },
    plant: (scene) =>
      scene.changePolicy('reader-trust', (text) =>
        text.replace(/"StringEquals":\{"sts:ExternalId":"[^"]*"\}/, '"StringLike":{"sts:ExternalId":"*"}'),
      ) as undefined,
  },
];
