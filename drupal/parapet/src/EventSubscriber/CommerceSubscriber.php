<?php

declare(strict_types=1);

namespace Drupal\parapet\EventSubscriber;

use Drupal\commerce_order\Entity\OrderInterface;
use Drupal\commerce_payment\Event\PaymentEvent;
use Drupal\Core\Routing\RouteMatch;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Drupal\state_machine\Event\WorkflowTransitionEvent;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;
use Symfony\Component\HttpKernel\Event\TerminateEvent;
use Symfony\Component\HttpKernel\KernelEvents;

/**
 * Tells of orders and payments of Drupal Commerce 2 and 3, where it is there.
 *
 * The events are named by their texts: without Commerce nobody sends them, and
 * none of its classes is looked for. Cards that are refused where somebody types
 * them in only stand in the log (SignalLog).
 */
final class CommerceSubscriber implements EventSubscriberInterface {

  private const CHECKOUT = 'commerce_checkout.form';
  private const TERMINATE_PRIORITY = -40;

  private bool $isPaid = FALSE;

  public function __construct(
    private readonly SignalRecorderInterface $signals,
    private readonly Site $site,
  ) {}

  /**
   * {@inheritdoc}
   */
  public static function getSubscribedEvents(): array {
    return [
      'commerce_order.place.post_transition' => 'onPlaced',
      'commerce_payment.commerce_payment.insert' => 'onPayment',
      KernelEvents::TERMINATE => ['onTerminate', self::TERMINATE_PRIORITY],
    ];
  }

  /**
   * An order was placed.
   */
  public function onPlaced(WorkflowTransitionEvent $event): void {
    $order = $event->getEntity();
    if (!$order instanceof OrderInterface) {
      return;
    }
    $total = $order->getTotalPrice();
    $signal = $this->signals->signal('order.placed')
      ->with('amount', $total === NULL ? NULL : (float) $total->getNumber())
      ->with('currency', $total?->getCurrencyCode());
    $mail = (string) $order->getEmail();
    $this->signals->record($mail === '' ? $signal : $signal->user($this->site->names()->of($mail)));
  }

  /**
   * A payment was made.
   */
  public function onPayment(PaymentEvent $event): void {
    $this->isPaid = TRUE;
    $payment = $event->getPayment();
    $amount = $payment->getAmount();
    $this->signals->record($this->signals->signal('payment.made')
      ->with('amount', $amount === NULL ? NULL : (float) $amount->getNumber())
      ->with('currency', $amount?->getCurrencyCode())
      ->with('gateway', $payment->getPaymentGatewayId()));
  }

  /**
   * Whoever is led back from the step of payment has not paid.
   *
   * Commerce 2 tells nobody that a stored card was refused: it only goes back.
   */
  public function onTerminate(TerminateEvent $event): void {
    $match = RouteMatch::createFromRequest($event->getRequest());
    if ($this->isPaid || $match->getRouteName() !== self::CHECKOUT || $match->getRawParameter('step') !== 'payment') {
      return;
    }
    $target = (string) $event->getResponse()->headers->get('Location');
    if ($target !== '' && preg_match('~/checkout/\d+/(?!complete|payment)[^/?]+~', $target) === 1) {
      $this->signals->record($this->signals->signal('payment.declined')->with('reason', 'led-back'));
    }
  }

}
