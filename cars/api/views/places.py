"""branches/ and categories/."""

from cars.api.filters import BranchFilters, CategoryFilters
from cars.api.serializers.places import BranchSerializer, CategorySerializer
from cars.models import Branch, Category
from fleet.api.views import EditViewSet


class BranchViewSet(EditViewSet[Branch]):
    """The counters. One with cars or contracts is closed (`is_active: false`), not deleted."""

    queryset = Branch.objects.all()
    serializer_class = BranchSerializer
    filterset_class = BranchFilters
    searchable = True
    sorts = ("code", "name", "created_at")
    permissions = {
        "list": "cars.view_branch",
        "retrieve": "cars.view_branch",
        "create": "cars.add_branch",
        "update": "cars.change_branch",
        "destroy": "cars.delete_branch",
    }


class CategoryViewSet(EditViewSet[Category]):
    """The rental classes and their prices."""

    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    filterset_class = CategoryFilters
    searchable = True
    sorts = ("code", "name", "daily_rate", "upgrade_rank", "created_at")
    permissions = {
        "list": "cars.view_category",
        "retrieve": "cars.view_category",
        "create": "cars.add_category",
        "update": "cars.change_category",
        "destroy": "cars.delete_category",
    }
