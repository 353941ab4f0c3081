/** Payments: charges the customer's card at the bank. Nest. */
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger, setContext } from '@throughline/core';
import { createNestLogger, ObservabilityModule } from '@throughline/nest';
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
  charge(@Body() { orderId, sku, card }: { orderId: string; sku: string; card?: string }): object {
    setContext({ order_id: orderId });
    if (sku === 'broken' || card === 'declined') throw new BankError(`the bank declined the card of ${bank.payer}`);
    logger.info({ sku }, 'card charged');
    return { state: 'charged' };
  }
}

@Module({
  imports: [
    ObservabilityModule.forRoot({
      health: { path: '/api/health' },
      request: { user: ({ headers }) => headers['x-user-id'] }, // the gateway knows who it is
    }),
  ],
  controllers: [ChargesController],
})
class PaymentsModule {}

const app = await NestFactory.create(PaymentsModule, { logger: createNestLogger(), abortOnError: false });
await app.listen(Number(setting('PORT')), '127.0.0.1');
