import { describe, expect, it } from 'vitest';
import { settingsProblems } from '../../../shared/compose/problems.ts';

describe('settingsProblems', () => {
  it("tells what is wrong with our settings and with the host's storage together", () => {
    const problems = settingsProblems({ AzureWebJobsStorage: 'garbage' });
    expect(problems[0]).toMatch(/^WORKSPACE_ID is missing/);
    expect(problems.at(-1)).toMatch(/^AzureWebJobsStorage must be/);
  });
});
