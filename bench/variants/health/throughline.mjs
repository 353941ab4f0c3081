/** Throughline. */
import { createObservability } from '@throughline/core';
import { health } from '@throughline/express';
import express from 'express';

export function createListener(url) {
  createObservability({ exporters: [] });
  const probe = (name) => ({
    probe: (signal) => fetch(`${url}/${name}`, { signal }),
    effects: { startup: 'fail' },
  });
  return express().use(health({ checks: { db: probe('db'), redis: probe('redis'), queue: probe('queue') } }));
}
