import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommand } from '../cli/commandLine.ts';
import { renderSampleSettings, renderSettingsDoc } from '../shared/settings/doc.ts';
import { renderBicep, renderBicepParameters } from './generate/arm/bicep.ts';
import { renderConnectorTemplate } from './generate/arm/connector.ts';
import { renderUiDefinition } from './generate/arm/uiDefinition.ts';
import { renderAwsCommands } from './generate/awsCommands.ts';
import { renderColumnsDoc } from './generate/columnsDoc.ts';
import { renderDetectionsDoc } from './generate/detectionsDoc.ts';
import { compileRowModule } from './generate/rowModule.ts';

const { values } = parseCommand({
  name: 'generate',
  summary: 'Writes the files that are made from others: documentation, sample settings, the row module.',
  options: { check: { type: 'boolean', help: 'write nothing; exit 1 when a file is stale' } },
});

const root = join(import.meta.dirname, '..');

const generated: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/settings.md': renderSettingsDoc,
  'local.settings.sample.json': renderSampleSettings,
  'docs/columns.md': renderColumnsDoc,
  'docs/detections.md': renderDetectionsDoc,
  'docs/aws-commands.md': renderAwsCommands,
  'infra/azure/connector.json': renderConnectorTemplate,
  'infra/azure/createUiDefinition.json': renderUiDefinition,
  'infra/azure/main.bicep': renderBicep,
  'infra/azure/main.parameters.json': renderBicepParameters,
  'shared/cloudtrail/rows/wasm/moduleCode.ts': compileRowModule,
};

let stale = 0;
for (const [file, render] of Object.entries(generated)) {
  const path = join(root, file);
  const text = await render();
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  stale += 1;
  if (values.check) {
    console.error(`${file} is stale; run: npm run generate`);
  } else {
    writeFileSync(path, text);
    console.error(`wrote ${file}`);
  }
}
if (stale === 0) console.error('Every generated file is fresh.');
process.exit(values.check && stale > 0 ? 1 : 0);
