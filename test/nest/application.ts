/** Application: a Nest application of a test, on Express or on Fastify, listening on a real socket. */
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

export type PlatformName = 'express' | 'fastify';
export const platforms: readonly PlatformName[] = ['express', 'fastify'];

export interface RunningApplication {
  readonly app: INestApplication;
  /** Sends a request to a path of the application. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

const running: INestApplication[] = [];

export function createAdapter(platform: PlatformName): ExpressAdapter | FastifyAdapter {
  return platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
}

/** @param setUp What `main.ts` does between creation and listening. */
export async function start(
  platform: PlatformName,
  metadata: ModuleMetadata,
  setUp: (app: INestApplication) => unknown = () => {},
): Promise<RunningApplication> {
  @Module(metadata)
  class AppModule {}
  const app = await NestFactory.create(AppModule, createAdapter(platform), { logger: false, abortOnError: false });
  await setUp(app);
  return listen(app);
}

export async function listen(app: INestApplication): Promise<RunningApplication> {
  running.push(app);
  await app.listen(0, '127.0.0.1');
  const base = (await app.getUrl()).replace(/\/$/, '');
  return { app, request: (path, init) => fetch(base + path, { redirect: 'manual', ...init }) };
}

/** Ends all applications of a test. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((app) => app.close()));
}
