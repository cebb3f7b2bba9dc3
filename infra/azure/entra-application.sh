#!/bin/sh
# Registers what the app's tokens for AWS are meant for: an Entra application without secret and without permissions.
# It is no resource of Azure, so no template can make it. Needs the Azure CLI, signed in as somebody who may register
# applications (role Application Developer is enough). Running it again changes nothing, and prints the same.
#
# Usage: entra-application.sh [NAME]      default: cloudtrail-connector
set -eu

name=${1:-cloudtrail-connector}
case $name in
  *[!a-z0-9-]* | '') echo "NAME must be lower-case letters, digits and hyphens" >&2; exit 2 ;;
esac

found=$(az ad app list --filter "displayName eq '$name'" --query '[].appId' --output tsv)
if [ "$(printf '%s\n' "$found" | grep -c .)" -gt 1 ]; then
  echo "There are several applications called $name; choose another name:" >&2
  printf '%s\n' "$found" >&2
  exit 1
fi
if [ -z "$found" ]; then
  found=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
  echo "Registered the application $name ($found)." >&2
fi

audience=$(az ad app show --id "$found" --query 'identifierUris[0]' --output tsv)
if [ -z "$audience" ] || [ "$audience" = None ]; then
  # Many tenants allow only addresses that hold an ID of theirs.
  audience="api://$name"
  if ! az ad app update --id "$found" --identifier-uris "$audience" 2>/dev/null; then
    audience="api://$found"
    az ad app update --id "$found" --identifier-uris "$audience"
  fi
fi

# Tokens are given for what has a service principal in the tenant.
if ! az ad sp show --id "$found" >/dev/null 2>&1; then
  az ad sp create --id "$found" >/dev/null
fi

echo "Audience: $audience"
echo "TenantId: $(az account show --query tenantId --output tsv)"
