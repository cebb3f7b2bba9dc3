// Azurite loads this module at its start and, told to send no telemetry, never calls it.
module.exports = {};
