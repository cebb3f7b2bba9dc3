import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Rule {
  readonly name: string;
  readonly severity: string;
  readonly relevantTechniques: readonly string[];
}

const folder = join(import.meta.dirname, '../../sentinel/rules');

/** Which rule covers which technique: docs/detections.md. */
export function renderDetectionsDoc(): string {
  const files = readdirSync(folder).toSorted();
  const rules = files.map((file) => ({ file, ...(parse(readFileSync(join(folder, file), 'utf8')) as Rule) }));
  const techniques = [...new Set(rules.flatMap(({ relevantTechniques }) => relevantTechniques))].toSorted();
  const covered = techniques.map((technique) => {
    const by = rules.filter(({ relevantTechniques }) => relevantTechniques.includes(technique));
    return `| ${technique} | ${by.map(({ name, file }) => `[${name}](../sentinel/rules/${file})`).join('; ')} |`;
  });
  const own = rules.filter(({ relevantTechniques }) => relevantTechniques.length === 0);
  const unseen = invisible.map(([technique, why]) => `| ${technique} | ${why} |`);
  return [
    head,
    `${rules.length} rules, ${techniques.length} techniques and sub-techniques.\n\n## Technique by technique\n`,
    `| Technique | Rules |\n|---|---|\n${covered.join('\n')}\n`,
    `## About the connector itself\n\n${own.map(({ name, file, severity }) => `- [${name}](../sentinel/rules/${file}) (${severity})`).join('\n')}\n`,
    `## What CloudTrail cannot show\n\n| Technique | Why |\n|---|---|\n${unseen.join('\n')}\n`,
  ].join('\n');
}

const invisible: readonly (readonly [technique: string, why: string])[] = [
  ['T1046 Network Service Discovery', 'Packets, not calls: flow logs and GuardDuty.'],
  ['T1049, T1082, T1518 discovery inside an instance', 'Happens in the operating system: its own logs.'],
  ['T1204.003 Malicious Image', 'The start is seen, what is in the image is not.'],
  ['T1211, T1212 exploitation', 'Only what follows from it is seen, under the identity that was taken over.'],
  ['T1491 Defacement', 'Writes to a bucket are seen with data events; what they say is not.'],
  ['T1498, T1499 denial of service', 'Traffic: load balancer, WAF and Shield logs.'],
  ['T1621 MFA Request Generation', 'The requests are seen by the identity provider.'],
  ['T1048 Exfiltration Over Alternative Protocol', 'Traffic: flow logs and DNS logs.'],
];

const head = `# Detections

Made from \`sentinel/rules\` by \`npm run generate\`. The rules are written for \`AWSCloudTrailEvents\`, so they work on the custom table and on the
standard one. Install the functions first; they are part of the Azure template.

A rule runs every hour over three days, and looks at what *arrived* in the last 65 minutes. The service replaces a \`TimeGenerated\` older than two
days, so no late row lies outside of the window. Five minutes of it overlap with the run before: an event in them can raise a second alert, which
grouping puts into the same incident. A rule that counts looks at whole hours of event time, once anything in them is new; what is spread over
two such hours can stay below its threshold. Sentinel lets no rule that looks back two days or more run more often than hourly.

Every query is bound by Microsoft's own parser in the tests (\`npm run check-kql\`); **none has been run against rows or a live workspace yet**, so
read the thresholds as first proposals. Most rules read only the events that they name. Rules about the root user and about credentials of
instances must read every event: the latter, of three days, is dear in a large workspace. Rules that cover objects in buckets need data events.

The techniques are those that rules name. The list at the end holds the ones most often asked for, and is not the whole of the IaaS matrix.
`;
