import { describe, expect, it } from 'vitest';
import { insightsValues, readInsights } from '../../../../shared/azure/insights/target.ts';

const key = '00000000-0000-0000-0000-000000000000';
const regional = `InstrumentationKey=${key};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/`;

describe('readInsights', () => {
  it('finds nothing where nothing is set', () => {
    expect(readInsights(insightsValues({}))).toEqual({ kind: 'none' });
  });

  it('reads what the portal shows, with the identity of the authentication string', () => {
    const environment = {
      APPLICATIONINSIGHTS_CONNECTION_STRING: ` ${regional};LiveEndpoint=https://live.example/;ApplicationId=x `,
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD',
    };
    expect(readInsights(insightsValues(environment))).toEqual({
      kind: 'target',
      target: {
        endpoint: 'https://westeurope-5.in.applicationinsights.azure.com',
        instrumentationKey: key,
        identity: {},
      },
    });
  });

  it.each([
    [{ connectionString: regional }, { endpoint: 'https://westeurope-5.in.applicationinsights.azure.com' }],
    [{ connectionString: `InstrumentationKey=${key}` }, { endpoint: 'https://dc.services.visualstudio.com' }],
    [
      { connectionString: `instrumentationkey=${key};EndpointSuffix=applicationinsights.us;Location=usgovvirginia` },
      { endpoint: 'https://usgovvirginia.dc.applicationinsights.us' },
    ],
    [
      { connectionString: `${regional};AadAudience=https://monitor.azure.us/` },
      { scope: 'https://monitor.azure.us/.default' },
    ],
    [
      { connectionString: regional, authentication: 'ClientId=9a2f5a53;Authorization=AAD' },
      { identity: { clientId: '9a2f5a53' } },
    ],
  ])('reads %j', (values, target) => {
    expect(readInsights(values)).toMatchObject({ kind: 'target', target });
  });

  it.each([
    ['IngestionEndpoint=https://somewhere', /InstrumentationKey/],
    [`InstrumentationKey=${key};IngestionEndpoint=http://127.0.0.1:8080`, /https/],
    [`InstrumentationKey=${key};IngestionEndpoint=https://somewhere/else`, /https/],
  ])('refuses %s', (connectionString, problem) => {
    expect(readInsights({ connectionString })).toMatchObject({ kind: 'odd', problem: expect.stringMatching(problem) });
  });
});
