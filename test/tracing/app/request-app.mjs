// An application in ES modules, which knows nothing of tracing.
import express from 'express';
import { createObservability, getLogger } from '@throughline/core';
import { requestContext } from '@throughline/express';
import { run } from './request.cjs';

await run({ express, createObservability, getLogger, requestContext });
