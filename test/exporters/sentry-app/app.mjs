// An Express application with @sentry/node, as its own documentation sets it up, and its SDK handed to Throughline.
import * as Sentry from '@sentry/node';
import express from 'express';
import { createObservability, getLogger, setUser } from '@throughline/core';
import { sentryExporter } from '@throughline/core/exporters/sentry';
import { errorHandler, requestContext } from '@throughline/express';
import { run } from './run.cjs';

await run({ Sentry, express, createObservability, getLogger, setUser, sentryExporter, errorHandler, requestContext });
