/** Replaces `%NAME%` by the app setting of that name, as binding options allow. @throws Error naming a setting that is not there. */
export function resolveReferences(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = environment[name];
    if (value === undefined || value === '') throw new Error(`%${name}% does not name an app setting that has a value`);
    return value;
  });
}

/** The connection string an option `connection` names; Azure tries the name itself and with the prefix AzureWebJobs. */
export function connectionStringOf(name: string, environment: Readonly<Record<string, string | undefined>>): string {
  const value = environment[`AzureWebJobs${name}`] ?? environment[name];
  if (value === undefined || value === '') {
    throw new Error(`the connection ${name} needs an app setting of that name that holds a connection string`);
  }
  return value;
}
