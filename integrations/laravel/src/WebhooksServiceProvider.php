<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel;

use Illuminate\Contracts\Container\Container;
use Illuminate\Routing\Router;
use Illuminate\Support\ServiceProvider;
use Payvost\Webhooks\Stores\Store;

/**
 * Registers the configuration, the store, the route macro, the migration and the commands.
 */
final class WebhooksServiceProvider extends ServiceProvider
{
    private const CONFIGURATION = __DIR__ . '/../config/payvost.php';

    /** Middleware that would ask Payvost for a token, in each version of Laravel. */
    private const CSRF = [
        'App\Http\Middleware\VerifyCsrfToken',
        'Illuminate\Foundation\Http\Middleware\VerifyCsrfToken',
        'Illuminate\Foundation\Http\Middleware\ValidateCsrfToken',
        'Illuminate\Foundation\Http\Middleware\PreventRequestForgery',
    ];

    public function register(): void
    {
        $this->mergeConfigFrom(self::CONFIGURATION, 'payvost');
        // Of one request or job, because connections come and go in a long-running server.
        $this->app->scoped(Store::class, static fn (Container $container): ?Store => StoreFactory::make($container));
        $this->app->scoped(Webhooks::class);
    }

    public function boot(): void
    {
        $csrf = self::CSRF;
        Router::macro('payvostWebhooks', function (string $uri) use ($csrf) {
            // The receiver itself answers other methods than POST.
            return $this->any($uri, WebhookController::class)->withoutMiddleware($csrf);
        });
        if ($this->app->runningInConsole()) {
            $this->loadMigrationsFrom(__DIR__ . '/../database/migrations');
            $this->publishes([self::CONFIGURATION => $this->app->configPath('payvost.php')], 'payvost-config');
            $this->commands([
                Console\TableCommand::class,
                Console\FailedCommand::class,
                Console\RetryCommand::class,
                Console\DiscardCommand::class,
                Console\PruneCommand::class,
            ]);
        }
    }
}
