/** Bare: the routes and nothing else. */
import express from 'express';
import { addRoutes } from './orders.mjs';

export const createListener = (count) => addRoutes(express(), count);
