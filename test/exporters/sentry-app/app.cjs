// The same application in CommonJS.
const Sentry = require('@sentry/node');
const express = require('express');
const core = require('@throughline/core');
const { sentryExporter } = require('@throughline/core/exporters/sentry');
const { run } = require('./run.cjs');

void run({ Sentry, express, sentryExporter, ...core, ...require('@throughline/express') });
