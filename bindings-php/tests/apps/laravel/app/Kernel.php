<?php

declare(strict_types=1);

namespace App;

use Illuminate\Foundation\Http\Kernel as HttpKernel;
use Illuminate\Foundation\Http\Middleware as Foundation;
use Illuminate\Routing\Middleware\SubstituteBindings;

/** The middleware of a new application. */
final class Kernel extends HttpKernel
{
    protected $middleware = [
        Foundation\ValidatePostSize::class,
        Foundation\TrimStrings::class,
        Foundation\ConvertEmptyStringsToNull::class,
    ];

    protected $middlewareGroups = ['api' => [SubstituteBindings::class]];
}
