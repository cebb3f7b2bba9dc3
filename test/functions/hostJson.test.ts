import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsTable } from '../../shared/settings/table.ts';

const host = JSON.parse(readFileSync(new URL('../../host.json', import.meta.url), 'utf8'));

describe('host.json', () => {
  it('makes one ticket the work of one instance, tried once', () => {
    expect(host.extensions.queues).toEqual({
      batchSize: 1,
      newBatchThreshold: 0,
      maxDequeueCount: 1,
      messageEncoding: 'base64',
    });
  });

  it('gives a function more time than the longest slice', () => {
    const [hours, minutes, seconds] = host.functionTimeout.split(':').map(Number);
    const timeoutSeconds = hours * 3600 + minutes * 60 + seconds;

    expect(timeoutSeconds).toBe(600);
    expect(timeoutSeconds).toBeGreaterThan(Number(settingsTable.SLICE_SECONDS.fallback));
  });

  it('keeps every line, failure and invocation, sampling only the rest', () => {
    const { isEnabled, excludedTypes } = host.logging.applicationInsights.samplingSettings;

    expect(isEnabled).toBe(true);
    expect(excludedTypes.split(';')).toEqual(expect.arrayContaining(['Request', 'Trace', 'Exception']));
  });

  it('is of the version and bundle that the programming model needs', () => {
    expect(host.version).toBe('2.0');
    expect(host.extensionBundle).toEqual({
      id: 'Microsoft.Azure.Functions.ExtensionBundle',
      version: '[4.*, 5.0.0)',
    });
  });
});
