/** Payments: charges the customer's card at the bank. Nest. */
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createObservability, getLogger } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';
import { bank } from './demo-data.js';
import { setting } from './setting.js';

const logger = getLogger('charges');

/** What an HTTP client throws: it knows all about the request, the secrets included. */
class BankError extends Error {
  override readonly name = 'BankError';
  readonly config = {
    url: `https://shop:${bank.password}@bank.example/charges`,
    headers: { Authorization: `Bearer ${bank.token}` },
  };
}

@Controller()
class ChargesController {
  @Post('charges')
  charge(@Body() { sku, card }: { sku: string; card?: string }): { state: string } {
    if (sku === 'broken' || card === 'declined') throw new BankError(`the bank declined the card of ${bank.payer}`);
    logger.info({ sku }, 'card charged');
    return { state: 'charged' };
  }
}

const observability = createObservability();
